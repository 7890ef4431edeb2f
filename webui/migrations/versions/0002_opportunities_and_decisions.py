"""Opportunities, decisions, actions and quality flags have their tables; units choose an opportunity flow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "gate_decision",
        sa.Column("id", Id, nullable=False),
        sa.Column("gate", sa.String(length=8), nullable=False),
        sa.Column("record_type", sa.String(length=20), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("instance_id", Id, nullable=True),
        sa.Column("element", sa.String(length=80), nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("body", sa.String(length=8), nullable=True),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("advice", sa.String(length=24), nullable=True),
        sa.Column("against_advice", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("proposed_by", Id, nullable=True),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_gate_decision_decided_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_gate_decision_proposed_by_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_gate_decision_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_decision")),
    )
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.create_index("ix_gate_decision_decided_at_gate", ["decided_at", "gate"], unique=False)
        batch_op.create_index(
            "ix_gate_decision_record_gate_round", ["record_type", "record_id", "gate", "round"], unique=True
        )

    op.create_table(
        "quality_flag",
        sa.Column("id", Id, nullable=False),
        sa.Column("record_type", sa.String(length=20), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("raised_by", Id, nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", Id, nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["user_account.id"], name=op.f("fk_quality_flag_raised_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["user_account.id"], name=op.f("fk_quality_flag_resolved_by_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_quality_flag_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_flag")),
    )
    with op.batch_alter_table("quality_flag", schema=None) as batch_op:
        batch_op.create_index("ix_quality_flag_raised_at", ["raised_at"], unique=False)
        batch_op.create_index(
            "ix_quality_flag_record_type_record_id_kind", ["record_type", "record_id", "kind"], unique=False
        )
        batch_op.create_index("ix_quality_flag_unit_id_resolved_at", ["unit_id", "resolved_at"], unique=False)

    op.create_table(
        "action_item",
        sa.Column("id", Id, nullable=False),
        sa.Column("record_type", sa.String(length=20), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("decision_id", Id, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("owner_id", Id, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", Id, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_action_item_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["gate_decision.id"], name=op.f("fk_action_item_decision_id_gate_decision")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["user_account.id"], name=op.f("fk_action_item_done_by_user_account")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_action_item_owner_id_user_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_action_item_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
    )
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_item_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index("ix_action_item_owner_id_done_at_due_on", ["owner_id", "done_at", "due_on"], unique=False)
        batch_op.create_index("ix_action_item_record_type_record_id", ["record_type", "record_id"], unique=False)
        batch_op.create_index("ix_action_item_unit_id_done_at_due_on", ["unit_id", "done_at", "due_on"], unique=False)

    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status_since", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("flow", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("org_level", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("fr_id", Id, nullable=True))
        batch_op.add_column(sa.Column("pd_id", Id, nullable=True))
        batch_op.add_column(sa.Column("sponsor_id", Id, nullable=True))
        batch_op.add_column(sa.Column("demand", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("budget", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("budget_approved", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("delivery_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("purchase_mode", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("margin_percent", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("risk_level", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("strategic", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("tier", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("body", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("win_estimate", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("has_tender", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("tender_deadline", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("guidance_incomplete", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("suspended_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("score_solution", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("score_delivery", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("score_legal", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("score_finance", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("red_flag", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("bid_score", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("advice", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("atb_body", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("price_offered", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("contract_amount", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("contract_id", Id, nullable=True))
        batch_op.add_column(sa.Column("result", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("result_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("loss_reason_1", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("loss_reason_2", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("winner", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("report_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("report_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("approved_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("guided_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("bid_decided_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("submitted_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("signed_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("search_text", sa.Text(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_opportunity_unit_id"))
        batch_op.create_index("ix_opportunity_ar_id_status", ["ar_id", "status"], unique=False)
        batch_op.create_index("ix_opportunity_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_opportunity_result_result_on", ["result", "result_on"], unique=False)
        batch_op.create_index("ix_opportunity_sr_id_status", ["sr_id", "status"], unique=False)
        batch_op.create_index("ix_opportunity_status_created_at", ["status", "created_at"], unique=False)
        batch_op.create_index("ix_opportunity_unit_id_status", ["unit_id", "status"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_opportunity_pd_id_user_account"), "user_account", ["pd_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_opportunity_sponsor_id_user_account"), "user_account", ["sponsor_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_opportunity_fr_id_user_account"), "user_account", ["fr_id"], ["id"])

    _fill_in_what_there_is()
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.alter_column("status_since", existing_type=UtcDateTime(), nullable=False)
        batch_op.alter_column("flow", existing_type=sa.String(length=12), nullable=False)
        batch_op.alter_column("search_text", existing_type=sa.Text(), nullable=False)
        for name in ("strategic", "guidance_incomplete", "red_flag"):
            batch_op.alter_column(name, existing_type=sa.Boolean(), nullable=False)

    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opportunity_flow", sa.String(length=12), nullable=True))


def _fill_in_what_there_is() -> None:
    """Opportunities that leads were converted to before: nothing was done with them but to be there."""
    names = (
        "id", "number", "name", "customer_name", "created_at", "status_since", "flow", "strategic",
        "guidance_incomplete", "red_flag", "search_text",
    )  # fmt: skip
    opportunity = sa.table("opportunity", *(sa.column(name) for name in names))
    op.execute(
        opportunity.update().values(
            status_since=opportunity.c.created_at,
            flow="full",
            strategic=sa.false(),
            guidance_incomplete=sa.false(),
            red_flag=sa.false(),
            search_text=sa.func.lower(
                opportunity.c.number + " " + opportunity.c.name + " " + opportunity.c.customer_name
            ),
        )
    )


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.drop_column("opportunity_flow")

    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_opportunity_fr_id_user_account"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_opportunity_sponsor_id_user_account"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_opportunity_pd_id_user_account"), type_="foreignkey")
        batch_op.drop_index("ix_opportunity_unit_id_status")
        batch_op.drop_index("ix_opportunity_status_created_at")
        batch_op.drop_index("ix_opportunity_sr_id_status")
        batch_op.drop_index("ix_opportunity_result_result_on")
        batch_op.drop_index("ix_opportunity_created_at_id")
        batch_op.drop_index("ix_opportunity_ar_id_status")
        batch_op.create_index(batch_op.f("ix_opportunity_unit_id"), ["unit_id"], unique=False)
        batch_op.drop_column("search_text")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("signed_at")
        batch_op.drop_column("submitted_at")
        batch_op.drop_column("bid_decided_at")
        batch_op.drop_column("guided_at")
        batch_op.drop_column("approved_at")
        batch_op.drop_column("report_at")
        batch_op.drop_column("report_due_on")
        batch_op.drop_column("winner")
        batch_op.drop_column("loss_reason_2")
        batch_op.drop_column("loss_reason_1")
        batch_op.drop_column("result_on")
        batch_op.drop_column("result")
        batch_op.drop_column("contract_id")
        batch_op.drop_column("contract_amount")
        batch_op.drop_column("price_offered")
        batch_op.drop_column("atb_body")
        batch_op.drop_column("advice")
        batch_op.drop_column("bid_score")
        batch_op.drop_column("red_flag")
        batch_op.drop_column("score_finance")
        batch_op.drop_column("score_legal")
        batch_op.drop_column("score_delivery")
        batch_op.drop_column("score_solution")
        batch_op.drop_column("suspended_until")
        batch_op.drop_column("guidance_incomplete")
        batch_op.drop_column("tender_deadline")
        batch_op.drop_column("has_tender")
        batch_op.drop_column("win_estimate")
        batch_op.drop_column("body")
        batch_op.drop_column("tier")
        batch_op.drop_column("strategic")
        batch_op.drop_column("risk_level")
        batch_op.drop_column("margin_percent")
        batch_op.drop_column("purchase_mode")
        batch_op.drop_column("delivery_on")
        batch_op.drop_column("budget_approved")
        batch_op.drop_column("budget")
        batch_op.drop_column("demand")
        batch_op.drop_column("sponsor_id")
        batch_op.drop_column("pd_id")
        batch_op.drop_column("fr_id")
        batch_op.drop_column("org_level")
        batch_op.drop_column("flow")
        batch_op.drop_column("status_since")

    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.drop_index("ix_action_item_unit_id_done_at_due_on")
        batch_op.drop_index("ix_action_item_record_type_record_id")
        batch_op.drop_index("ix_action_item_owner_id_done_at_due_on")
        batch_op.drop_index(batch_op.f("ix_action_item_decision_id"))

    op.drop_table("action_item")
    with op.batch_alter_table("quality_flag", schema=None) as batch_op:
        batch_op.drop_index("ix_quality_flag_unit_id_resolved_at")
        batch_op.drop_index("ix_quality_flag_record_type_record_id_kind")
        batch_op.drop_index("ix_quality_flag_raised_at")

    op.drop_table("quality_flag")
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_gate_decision_record_gate_round")
        batch_op.drop_index("ix_gate_decision_decided_at_gate")

    op.drop_table("gate_decision")
