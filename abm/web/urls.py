"""Every page's address. One module per screen; a page-builder adds lines under its own heading."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from abm.web import (
    absences,
    accounts,
    answer_links,
    calendars,
    clocks,
    desk,
    dictionary,
    feedback,
    funnel,
    health,
    home,
    imports,
    inbox,
    lead,
    lists,
    moves,
    notices,
    operations,
    reasons,
    rows,
    settings_page,
    sign_in,
    styleguide,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/dialog/", styleguide.dialog),
    # Signing in, and what each person chooses
    path("login/", sign_in.SignIn.as_view(), name="sign_in"),
    path("login/as/<str:username>/", sign_in.sign_in_as, name="sign_in_as"),
    path("logout/", LogoutView.as_view(), name="sign_out"),
    path("me/language/", sign_in.choose_language, name="choose_language"),
    path("me/theme/", sign_in.choose_theme, name="choose_theme"),
    path("me/keys/", sign_in.choose_keys, name="choose_keys"),
    # The hand-over: inbox, one lead and its moves, desk
    path("inbox/", inbox.index, name="inbox"),
    path("inbox/<uuid:public_id>/", inbox.index, name="inbox_open"),
    path("leads/<uuid:public_id>/", lead.show, name="lead"),
    path("leads/<uuid:public_id>/<slug:verb>/", moves.move, name="lead_move"),
    path("answer/<str:token>/<slug:verb>/", answer_links.answer, name="answer_link"),
    path("feedback/", feedback.index, name="feedback"),
    path("feedback/<uuid:public_id>/", feedback.answer, name="feedback_answer"),
    path("desk/", desk.index, name="desk"),
    path("desk/hand-over/", desk.hand_over_proposed, name="desk_hand_over_proposed"),
    path("desk/<uuid:public_id>/hand-over/", desk.hand_over, name="desk_hand_over"),
    # Accounts: who exists
    path("accounts/", accounts.index, name="accounts"),
    path("accounts/<uuid:public_id>/", accounts.show, name="account"),
    path("accounts/<uuid:public_id>/target/", accounts.target, name="account_target"),
    # Lists: whom both sides chose
    path("lists/", lists.index, name="lists"),
    path("lists/new/", lists.new, name="list_new"),
    path("lists/<uuid:public_id>/", lists.show, name="list"),
    path("lists/<uuid:public_id>/renew/", lists.renew, name="list_renew"),
    path("lists/versions/<uuid:public_id>/paste/", lists.paste, name="list_paste"),
    path("lists/versions/<uuid:public_id>/sign/", lists.sign, name="list_sign"),
    path("lists/versions/<uuid:public_id>/send-back/", lists.send_back, name="list_send_back"),
    path("lists/entries/<uuid:public_id>/remove/", lists.remove, name="list_remove"),
    # Numbers: the funnel, the rows behind each number, the dictionary
    path("funnel/", funnel.index, name="funnel"),
    path("rows/<slug:key>/", rows.rows, name="rows"),
    path("metrics/", dictionary.index, name="metrics"),
    path("metrics/golden/", dictionary.golden, name="golden"),
    # Files in
    path("imports/", imports.index, name="imports"),
    path("imports/<uuid:public_id>/", imports.show, name="import"),
    path("imports/<uuid:public_id>/for-real/", imports.for_real, name="import_for_real"),
    path("imports/<uuid:public_id>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<uuid:public_id>/refused/", imports.errors, name="import_errors"),
    # Steering
    path("operations/", operations.index, name="operations"),
    path("operations/outbox/<int:message_id>/replay/", operations.replay, name="outbox_replay"),
    # Settings
    path("settings/", settings_page.index, name="settings"),
    path("settings/absences/", absences.index, name="settings_absences"),
    path("settings/absences/<uuid:public_id>/cancel/", absences.cancel, name="absence_cancel"),
    path("settings/clocks/", clocks.index, name="settings_clocks"),
    path("settings/clocks/new/", clocks.new, name="policy_new"),
    path("settings/clocks/<uuid:public_id>/", clocks.change, name="policy_change"),
    path("settings/clocks/<uuid:public_id>/sign/", clocks.sign, name="policy_sign"),
    path("settings/clocks/<uuid:public_id>/send-back/", clocks.send_back, name="policy_send_back"),
    path("settings/clocks/<uuid:public_id>/withdraw/", clocks.withdraw, name="policy_withdraw"),
    path("settings/calendars/", calendars.index, name="settings_calendars"),
    path("settings/reasons/", reasons.index, name="settings_reasons"),
    path("settings/rules/", settings_page.rules, name="settings_rules"),
    path("settings/people/", settings_page.people, name="settings_people"),
    # What I was told
    path("notices/", notices.index, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
]
