"""vrtg: the command line of VirtRigaud, and the whole system on a laptop."""
