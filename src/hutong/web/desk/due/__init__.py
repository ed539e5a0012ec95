"""What has to be done by a day: the list of it, and the page of a head."""
