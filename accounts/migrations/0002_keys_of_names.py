"""Names are compared by more than before (docs/decisions/0015): every stored key is worked out again."""

from django.db import migrations

from accounts.names import company_key

CHUNK = 2000
KEY_LENGTH = 255


def work_out_again(apps, schema_editor):
    Account = apps.get_model("accounts", "Account")
    AccountName = apps.get_model("accounts", "AccountName")
    rewrite(Account.objects.all())
    taken = set(AccountName.objects.values_list("account_id", "kind", "key"))
    names = AccountName.objects.all().order_by("pk")
    for name in names.iterator(chunk_size=CHUNK):
        key = company_key(name.name)[:KEY_LENGTH]
        identity = (name.account_id, name.kind, key)
        if key != name.key and identity not in taken:
            taken.add(identity)
            AccountName.objects.filter(pk=name.pk).update(key=key)


def rewrite(accounts):
    changed = []
    for account in accounts.only("name", "key").order_by("pk").iterator(chunk_size=CHUNK):
        key = company_key(account.name)[:KEY_LENGTH]
        if key != account.key:
            account.key = key
            changed.append(account)
    accounts.bulk_update(changed, ["key"], batch_size=CHUNK)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(work_out_again, migrations.RunPython.noop)]
