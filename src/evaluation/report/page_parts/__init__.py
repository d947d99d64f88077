"""The parts of the report's page that are not Python: templates, and the style and script that it inlines."""
