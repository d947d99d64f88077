"""The suites that ship, and their reading: `core`, `dialogues`, `playlists` and `adversary`."""
