"""How a VMImage is brought to the providers whose machines are made from it."""
