"""Help: a task a page, in both languages; these pages are the guide of the officers."""
