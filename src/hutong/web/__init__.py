"""The door for people: pages in Chinese and English. A view parses, makes one call and renders."""
