"""A real SMTP server for tests, in a thread of its own: what arrives is parsed; what it answers can be told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """`received`: every mail taken, oldest first. `answer`: what is said to DATA, `to_recipient`: to RCPT."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answer = "250 taken"
        self.to_recipient = "250 ok"
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("2"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer

    def only(self) -> EmailMessage:
        """The one mail there is."""
        (mail,) = self.received
        return mail


class AnyPort(Controller):
    """Listens on whatever port is free; the library wants to know it beforehand."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def part(mail: EmailMessage, kind: str) -> str:
    """The plain or html part."""
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def subject(mail: EmailMessage) -> str:
    """The subject, unfolded."""
    return " ".join(str(mail["Subject"]).split())


@contextmanager
def opened(settings: Any) -> Iterator[Mailbox]:
    """A mailbox that the product's mails go to while it is open."""
    mailbox = Mailbox()
    controller = AnyPort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    mailbox.port = controller.port
    settings.EMAIL_BACKEND, settings.MAIL_ON = "django.core.mail.backends.smtp.EmailBackend", True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
    settings.EMAIL_USE_TLS, settings.BASE_URL = False, "https://abm.example.jp"
    try:
        yield mailbox
    finally:
        controller.stop()


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
