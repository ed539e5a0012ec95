"""What runs in the peers' own venv; nothing of Hutong is imported here."""
