"""The version of Segue, as recordings, runs and OpenAPI name it."""

VERSION = "0.4.0"
