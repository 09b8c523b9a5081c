"""What the server does by itself: clean up behind deletions, forget events, keep default objects and sums of roles."""

from virtrigaud_localkube.controllers.work import background_work, make_first_objects

__all__ = ["background_work", "make_first_objects"]
