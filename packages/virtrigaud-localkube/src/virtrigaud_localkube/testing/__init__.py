"""For tests: a server in a process of its own, and the pytest fixture of one."""
