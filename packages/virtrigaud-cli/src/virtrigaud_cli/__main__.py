"""The entry point of `vrtg`: runs the command and turns a failure into a sentence and exit status 1."""

import sys

from virtrigaud_cli.failure import CommandFailed


def main() -> None:
    """Run the command that the arguments name."""
    from virtrigaud_cli.application import application  # noqa: PLC0415 - `--help` of a broken install says why

    try:
        application()
    except CommandFailed as failure:
        sys.stderr.write(f"vrtg: {failure.message}\n")
        if failure.advice:
            sys.stderr.write(f"      {failure.advice}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
