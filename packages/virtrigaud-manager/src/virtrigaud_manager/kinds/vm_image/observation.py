"""Everything that one reconcile of a VMImage knows, as one frozen value: its users, and a copy per provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from virtrigaud_api.contract import ImageOrder, ImageState, ProviderError, TaskRef
from virtrigaud_api.v1beta1 import VMImage, VMImageStatus, keys
from virtrigaud_api.v1beta1.vm_image import ProviderImageStatus
from virtrigaud_api.v1beta1.vm_image_prepare import ImageDeletionPolicy, ImagePrepare

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.vm_image.order import preparation


@dataclass(frozen=True, slots=True)
class CopyOf:
    """An imported image, by the Provider that has it and its name there; machines that rest on it name it so."""

    provider: ObjectKey
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """The provider has the image, whole."""

    state: ImageState


@dataclass(frozen=True, slots=True)
class NotThere:
    """The provider says that it does not have the image."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """The provider can't tell what it has; what it answered to an import is all that is known."""


@dataclass(frozen=True, slots=True)
class NoProvider:
    """The Provider does not exist."""


@dataclass(frozen=True, slots=True)
class NotKnown:
    """The Provider has not said yet what it can do."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """It could not be found out whether the provider has the image."""

    error: ProviderError


Sight = Found | NotThere | NotTold | NoProvider | NotKnown | Unseen


@dataclass(frozen=True, slots=True)
class NoTask:
    """Nothing is under way."""


@dataclass(frozen=True, slots=True)
class TaskRunning:
    """Work is under way at the provider."""

    ref: TaskRef
    percent: int | None
    cancelled: bool


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """Work ended badly."""

    ref: TaskRef
    error: ProviderError


Work = NoTask | TaskRunning | TaskFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The image on one provider.

    Attributes:
        record: As it was reported last, for the order of today.
        order: What the provider would be told; None when the image has no source for it.
        is_wanted: A machine or the image itself names the provider.
        is_fetched: The image has to be brought there, and the provider can do that.
        can_delete: The provider looks for images and deletes them.
        faults: What of the spec this provider can't do.
        missing: Secrets that the download needs and that do not exist.
        is_leaving: The Provider is being deleted, and nothing needs the image there.
        is_resting: The Provider is in maintenance: it is looked at, and nothing is changed there.
        is_announced: The status says already under which name it is imported, so that no import is forgotten.
        looked: When the provider answered what `sight` says.
        leftovers: Imports of earlier sources that nothing rests on and that may be deleted now.
        until: Nothing is tried before this time.
        watched: The provider tells the end of a task.
    """

    provider: ObjectKey
    record: ProviderImageStatus
    order: ImageOrder | None = None
    is_wanted: bool = True
    is_fetched: bool = False
    can_delete: bool = False
    faults: tuple[str, ...] = ()
    missing: tuple[ObjectKey, ...] = ()
    sight: Sight = NotTold()
    is_announced: bool = False
    is_leaving: bool = False
    is_resting: bool = False
    looked: datetime | None = None
    work: Work = NoTask()
    leftovers: tuple[str, ...] = ()
    until: datetime | None = None
    watched: bool = False

    @property
    def imported(self) -> tuple[str, ...]:
        """Return the names of everything that we imported there, or were about to."""
        return (*((self.record.name,) if self.record.name else ()), *self.record.previous)

    @property
    def is_ready(self) -> bool:
        """Tell whether machines can be made from it."""
        return self.record.available if isinstance(self.sight, NotTold) else isinstance(self.sight, Found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is known about one VMImage.

    Attributes:
        status: As it was reported last, published or not.
        users: VirtualMachines that refer to it or rest on it.
        copies: One for each provider that has it or shall have it.
        until: By provider, or by an imported image there: nothing is tried before this time.
    """

    image: VMImage
    status: VMImageStatus
    now: datetime
    users: tuple[ObjectKey, ...]
    copies: tuple[Copy, ...]
    until: Mapping[ObjectKey | CopyOf, datetime] = field(default_factory=dict)

    @property
    def deleting(self) -> bool:
        """Tell whether the object is being deleted."""
        return self.image.metadata.deletion_timestamp is not None

    @property
    def finalized(self) -> bool:
        """Tell whether our finalizer is on the object."""
        return keys.FINALIZER_VM_IMAGE in self.image.metadata.finalizers

    @property
    def forced(self) -> bool:
        """Tell whether the user gave up what was imported."""
        return self.image.metadata.annotations.get(keys.ANNOTATION_FORCE_DELETE) == keys.ANNOTATION_TRUE

    @property
    def prepare(self) -> ImagePrepare:
        """Return how it is prepared."""
        return preparation(self.image)

    @property
    def deletes(self) -> bool:
        """Tell whether imported images are deleted when nothing needs them."""
        return self.prepare.deletion_policy is ImageDeletionPolicy.DELETE

    def is_late(self, copy: Copy) -> bool:
        """Tell whether an import takes longer than it may."""
        started, timeout = copy.record.start_time, self.prepare.timeout.timedelta
        return started is not None and timeout > timedelta(0) and self.now - started >= timeout


@dataclass(frozen=True, slots=True)
class Look:
    """What a provider answered when it was asked for an image."""

    order: ImageOrder
    sight: Sight
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is remembered of one VMImage. Losing all of it costs nothing but repeated questions.

    Attributes:
        uid: The object that it is about; another object of the same name starts afresh.
        status: As reported last; None once it is published.
        looks: What providers answered.
        until: By provider, or by an imported image there: nothing is tried before this time.
        cancelled: Tasks that were told to stop.
    """

    uid: str
    status: VMImageStatus | None = None
    looks: Mapping[ObjectKey, Look] = field(default_factory=dict)
    until: Mapping[ObjectKey | CopyOf, datetime] = field(default_factory=dict)
    cancelled: frozenset[TaskRef] = frozenset()
