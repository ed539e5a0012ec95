"""The processes of one machine: how each door is opened, and who looks after it."""
