"""Feedback: what am I asked about the leads I took, and what have I told?"""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abm.web import frame
from abm.web.answers import done
from abm.web.feedback_form import FeedbackForm
from abm.web.requests import PageRequest
from funnel import feedback
from funnel.feedback import FeedbackRefused
from funnel.models import Feedback
from users.models import User

PER_PAGE = 50


@frame.count("feedback")
def count(user: User) -> int:
    """How much feedback waits to be given."""
    return Feedback.objects.of(user).to_answer(timezone.now()).count()


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """What is still to be given, least time left first; below it what was given, the newest first."""
    mine = Feedback.objects.of(request.user).for_rows()
    page = Paginator(mine.answered().order_by("-answered_at"), PER_PAGE).get_page(request.GET.get("page"))
    waiting = mine.to_answer(timezone.now()).order_by("closes_at")[:PER_PAGE]
    return render(request, "feedback/index.html", {"waiting": waiting, "page": page})


def answer(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The three fields; once given, what was told."""
    asked = get_object_or_404(Feedback.objects.visible_to(request.user).for_rows(), public_id=public_id)
    form = FeedbackForm(request.POST or None)
    if form.is_valid():
        try:
            feedback.answer(asked, by=request.user, now=timezone.now(), **form.cleaned_data)
        except FeedbackRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Thank you for your feedback."), "feedback")
    status = 409 if form.non_field_errors() else 200
    open_to_me = asked.user_id == request.user.pk and not asked.answered_at and timezone.now() < asked.closes_at
    context = {"asked": asked, "form": form, "open_to_me": open_to_me, "back_url": reverse("feedback")}
    return render(request, "feedback/answer.html", context, status=status)
