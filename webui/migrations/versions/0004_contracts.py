"""Contracts, their milestones and money; work items say which of many they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "contract_payment",
        sa.Column("id", Id, nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("shared", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_contract_payment_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_payment")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_payment_reference")),
    )
    with op.batch_alter_table("contract_payment", schema=None) as batch_op:
        batch_op.create_index("ix_contract_payment_received_on", ["received_on", "id"], unique=False)

    op.create_table(
        "contract",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_since", UtcDateTime(), nullable=False),
        sa.Column("changing", sa.Boolean(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("at_risk", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", Id, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("margin_percent", sa.Integer(), nullable=True),
        sa.Column("planned_cost", sa.BigInteger(), nullable=True),
        sa.Column("strategic", sa.Boolean(), nullable=False),
        sa.Column("deviations", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=8), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=True),
        sa.Column("ar_id", Id, nullable=True),
        sa.Column("sr_id", Id, nullable=True),
        sa.Column("fr_id", Id, nullable=True),
        sa.Column("pd_id", Id, nullable=True),
        sa.Column("contract_mgr_id", Id, nullable=True),
        sa.Column("delivery_pm_id", Id, nullable=True),
        sa.Column("handover_form", sa.String(length=12), nullable=True),
        sa.Column("handover_on", sa.Date(), nullable=True),
        sa.Column("handed_over_at", UtcDateTime(), nullable=True),
        sa.Column("handover_rejections", sa.Integer(), nullable=False),
        sa.Column("handover_late", sa.Boolean(), nullable=False),
        sa.Column("started_early", sa.Boolean(), nullable=False),
        sa.Column("delivery_number", sa.String(length=24), nullable=True),
        sa.Column("invoiced", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("written_off", sa.BigInteger(), nullable=False),
        sa.Column("closing", sa.String(length=12), nullable=True),
        sa.Column("termination_reason", sa.String(length=20), nullable=True),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("evaluated_at", UtcDateTime(), nullable=True),
        sa.Column("satisfaction_asked_on", sa.Date(), nullable=True),
        sa.Column("satisfaction_answered", sa.Boolean(), nullable=True),
        sa.Column("score_product", sa.Integer(), nullable=True),
        sa.Column("score_delivery", sa.Integer(), nullable=True),
        sa.Column("score_service", sa.Integer(), nullable=True),
        sa.Column("score_interface", sa.Integer(), nullable=True),
        sa.Column("score_overall", sa.Integer(), nullable=True),
        sa.Column("actual_cost", sa.BigInteger(), nullable=True),
        sa.Column("actual_margin_percent", sa.Integer(), nullable=True),
        sa.Column("penalties", sa.BigInteger(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=True),
        sa.Column("collection_days", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ar_id"], ["user_account.id"], name=op.f("fk_contract_ar_id_user_account")),
        sa.ForeignKeyConstraint(
            ["contract_mgr_id"], ["user_account.id"], name=op.f("fk_contract_contract_mgr_id_user_account")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_contract_created_by_user_account")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contract_customer_id_customer")),
        sa.ForeignKeyConstraint(
            ["delivery_pm_id"], ["user_account.id"], name=op.f("fk_contract_delivery_pm_id_user_account")
        ),
        sa.ForeignKeyConstraint(["fr_id"], ["user_account.id"], name=op.f("fk_contract_fr_id_user_account")),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_contract_opportunity_id_opportunity")
        ),
        sa.ForeignKeyConstraint(["pd_id"], ["user_account.id"], name=op.f("fk_contract_pd_id_user_account")),
        sa.ForeignKeyConstraint(["sr_id"], ["user_account.id"], name=op.f("fk_contract_sr_id_user_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_contract_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
        sa.UniqueConstraint("opportunity_id", name=op.f("uq_contract_opportunity_id")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index("ix_contract_ar_id_status", ["ar_id", "status"], unique=False)
        batch_op.create_index("ix_contract_customer_id", ["customer_id"], unique=False)
        batch_op.create_index("ix_contract_signed_on_id", ["signed_on", "id"], unique=False)
        batch_op.create_index("ix_contract_status_signed_on", ["status", "signed_on"], unique=False)
        batch_op.create_index("ix_contract_unit_id_status", ["unit_id", "status"], unique=False)

    op.create_table(
        "contract_change",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("amount_effect", sa.BigInteger(), nullable=True),
        sa.Column("delay_days", sa.Integer(), nullable=True),
        sa.Column("margin_down", sa.Boolean(), nullable=True),
        sa.Column("body", sa.String(length=8), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("supplement", sa.String(length=60), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_change_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["user_account.id"], name=op.f("fk_contract_change_requested_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_change")),
        sa.UniqueConstraint("contract_id", "no", name=op.f("uq_contract_change_contract_id_no")),
    )
    with op.batch_alter_table("contract_change", schema=None) as batch_op:
        batch_op.create_index("ix_contract_change_status_requested_at", ["status", "requested_at"], unique=False)

    op.create_table(
        "contract_dispute",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("clause", sa.String(length=200), nullable=True),
        sa.Column("claim_by", sa.String(length=8), nullable=True),
        sa.Column("milestones", Json, nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("settled_amount", sa.BigInteger(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", Id, nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_dispute_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["user_account.id"], name=op.f("fk_contract_dispute_opened_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_dispute")),
        sa.UniqueConstraint("contract_id", "no", name=op.f("uq_contract_dispute_contract_id_no")),
    )
    with op.batch_alter_table("contract_dispute", schema=None) as batch_op:
        batch_op.create_index("ix_contract_dispute_status_opened_at", ["status", "opened_at"], unique=False)

    op.create_table(
        "contract_lesson",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_contract_lesson_by_id_user_account")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_lesson_contract_id_contract")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_lesson")),
    )
    with op.batch_alter_table("contract_lesson", schema=None) as batch_op:
        batch_op.create_index("ix_contract_lesson_at_id", ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_lesson_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "contract_milestone",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("deliverable", sa.Text(), nullable=True),
        sa.Column("evidence", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("invoice_type", sa.String(length=12), nullable=False),
        sa.Column("owner_id", Id, nullable=True),
        sa.Column("baseline", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("written_off", sa.BigInteger(), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("suspended_by", sa.Integer(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_milestone_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_contract_milestone_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_milestone")),
        sa.UniqueConstraint("contract_id", "no", name=op.f("uq_contract_milestone_contract_id_no")),
    )
    with op.batch_alter_table("contract_milestone", schema=None) as batch_op:
        batch_op.create_index("ix_contract_milestone_status_planned_on", ["status", "planned_on"], unique=False)

    op.create_table(
        "contract_obligation",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", Id, nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_obligation_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_contract_obligation_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_obligation")),
        sa.UniqueConstraint("contract_id", "no", name=op.f("uq_contract_obligation_contract_id_no")),
    )
    with op.batch_alter_table("contract_obligation", schema=None) as batch_op:
        batch_op.create_index("ix_contract_obligation_status_due_on", ["status", "due_on"], unique=False)

    op.create_table(
        "contract_risk",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.Column("effect", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("owner_id", Id, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("raised_by", Id, nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_risk_contract_id_contract")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_contract_risk_owner_id_user_account")),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["user_account.id"], name=op.f("fk_contract_risk_raised_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_risk")),
        sa.UniqueConstraint("contract_id", "no", name=op.f("uq_contract_risk_contract_id_no")),
    )
    with op.batch_alter_table("contract_risk", schema=None) as batch_op:
        batch_op.create_index("ix_contract_risk_status_score", ["status", "score"], unique=False)

    op.create_table(
        "contract_baseline",
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_id", Id, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("delivery_on", sa.Date(), nullable=True),
        sa.Column("milestones", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_contract_baseline_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["contract_change.id"], name=op.f("fk_contract_baseline_change_id_contract_change")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_baseline_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("contract_id", "version", name=op.f("pk_contract_baseline")),
    )
    op.create_table(
        "contract_invoice",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("milestone_id", Id, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("open_amount", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("dunned", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_invoice_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["contract_milestone.id"],
            name=op.f("fk_contract_invoice_milestone_id_contract_milestone"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_invoice_number")),
    )
    with op.batch_alter_table("contract_invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_invoice_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_invoice_milestone_id"), ["milestone_id"], unique=False)
        batch_op.create_index(
            "ix_contract_invoice_open_due_on",
            ["due_on", "id"],
            unique=False,
            postgresql_where=sa.text("open_amount > 0"),
            sqlite_where=sa.text("open_amount > 0"),
        )

    op.create_table(
        "contract_payment_share",
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("invoice_id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("milestone_id", Id, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_payment_share_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["contract_invoice.id"], name=op.f("fk_contract_payment_share_invoice_id_contract_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["contract_milestone.id"],
            name=op.f("fk_contract_payment_share_milestone_id_contract_milestone"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["contract_payment.id"], name=op.f("fk_contract_payment_share_payment_id_contract_payment")
        ),
        sa.PrimaryKeyConstraint("payment_id", "invoice_id", name=op.f("pk_contract_payment_share")),
    )
    with op.batch_alter_table("contract_payment_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_payment_share_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index("ix_contract_payment_share_invoice_id", ["invoice_id"], unique=False)

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_column("subject")

    with op.batch_alter_table("contract_payment_share", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_payment_share_invoice_id")
        batch_op.drop_index(batch_op.f("ix_contract_payment_share_contract_id"))

    op.drop_table("contract_payment_share")
    with op.batch_alter_table("contract_invoice", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_contract_invoice_open_due_on",
            postgresql_where=sa.text("open_amount > 0"),
            sqlite_where=sa.text("open_amount > 0"),
        )
        batch_op.drop_index(batch_op.f("ix_contract_invoice_milestone_id"))
        batch_op.drop_index(batch_op.f("ix_contract_invoice_contract_id"))

    op.drop_table("contract_invoice")
    op.drop_table("contract_baseline")
    with op.batch_alter_table("contract_risk", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_risk_status_score")

    op.drop_table("contract_risk")
    with op.batch_alter_table("contract_obligation", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_obligation_status_due_on")

    op.drop_table("contract_obligation")
    with op.batch_alter_table("contract_milestone", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_milestone_status_planned_on")

    op.drop_table("contract_milestone")
    with op.batch_alter_table("contract_lesson", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_lesson_contract_id"))
        batch_op.drop_index("ix_contract_lesson_at_id")

    op.drop_table("contract_lesson")
    with op.batch_alter_table("contract_dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_dispute_status_opened_at")

    op.drop_table("contract_dispute")
    with op.batch_alter_table("contract_change", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_change_status_requested_at")

    op.drop_table("contract_change")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_unit_id_status")
        batch_op.drop_index("ix_contract_status_signed_on")
        batch_op.drop_index("ix_contract_signed_on_id")
        batch_op.drop_index("ix_contract_customer_id")
        batch_op.drop_index("ix_contract_ar_id_status")

    op.drop_table("contract")
    with op.batch_alter_table("contract_payment", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_payment_received_on")

    op.drop_table("contract_payment")
