"""The reference provider of VirtRigaud: machines that live in memory."""
