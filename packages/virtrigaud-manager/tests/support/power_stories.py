"""The stories about power: suspending, restarting, reverting, and hooks around starts and stops."""

from stories import CREATE, DELETE, FURNISH, Story, applies

POWER_STORIES = (
    Story(
        "suspended-and-resumed",
        (
            FURNISH,
            CREATE,
            applies("it is suspended", powerState="Suspended"),
            applies("it is started"),
            applies("it is suspended", powerState="Suspended"),
            applies("it is switched off", powerState="Off"),
            applies("it is suspended, which an off machine can't be", powerState="Suspended"),
            DELETE,
        ),
    ),
)
