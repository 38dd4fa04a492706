"""How Django draws forms here: every form and field through our two templates."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Fields with a clear label, the help beside it and the errors under it."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
