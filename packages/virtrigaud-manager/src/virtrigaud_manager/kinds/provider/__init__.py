"""How a Provider's process is run, reached and watched."""
