"""Hutong 互通: control decides, plane does, audit remembers; everything else is a door."""
