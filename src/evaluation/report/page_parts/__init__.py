"""The parts of the report's page that are not Python: markup, style and script, inlined when it is made."""
