"""`vrtg provider`: the tools of those who write a provider. The SDK does the work, as a program of its own."""
