"""The door of officers' programs: JSON in and out, by a personal token, through the operations the pages call."""
