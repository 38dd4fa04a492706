"""What must not stand in a log: the secrets in addresses."""

import logging
import re

SECRET_IN_ADDRESS = re.compile(r"(/(?:answer|drawer)/)[^/\s]+")


class Formatter(logging.Formatter):
    """Writes a line without the token of a link in a mail: who reads the log must not be able to answer by it."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET_IN_ADDRESS.sub(r"\1…", super().format(record))
