"""What the laptop's servers refuse, in words for whoever started them."""


class ServersRefused(Exception):
    """The embedded servers cannot run here; the text says why and what to do."""
