"""`vrtg demo`: one machine from YAML to Running, through its life and away again, with real kubectl."""
