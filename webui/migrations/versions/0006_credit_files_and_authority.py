"""Customers have credit files and a map of who decides; authority is granted in writing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "customer_credit",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("rating", sa.String(length=1), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=False),
        sa.Column("exposure", sa.BigInteger(), nullable=False),
        sa.Column("overdue_amount", sa.BigInteger(), nullable=False),
        sa.Column("overdue_history", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessed_by", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessed_by"], ["user_account.id"], name=op.f("fk_customer_credit_assessed_by_user_account")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_credit_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_credit")),
    )
    with op.batch_alter_table("customer_credit", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customer_credit_customer_id_assessed_on_id", ["customer_id", "assessed_on", "id"], unique=False
        )

    op.create_table(
        "customer_kdm",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("post", sa.String(length=100), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=True),
        sa.Column("attitude", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", Id, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_kdm_customer_id_customer")),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["user_account.id"], name=op.f("fk_customer_kdm_updated_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_kdm")),
    )
    with op.batch_alter_table("customer_kdm", schema=None) as batch_op:
        batch_op.create_index("ix_customer_kdm_customer_id_name", ["customer_id", "name"], unique=True)

    op.create_table(
        "authority",
        sa.Column("id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("opportunity_id", Id, nullable=True),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("max_amount", sa.BigInteger(), nullable=False),
        sa.Column("min_margin_percent", sa.Integer(), nullable=False),
        sa.Column("max_discount_percent", sa.Integer(), nullable=False),
        sa.Column("max_payment_days", sa.Integer(), nullable=False),
        sa.Column("max_liability", sa.String(length=10), nullable=False),
        sa.Column("max_delay_days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("decision_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_authority_unit_or_user")),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_authority_created_by_user_account")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["gate_decision.id"], name=op.f("fk_authority_decision_id_gate_decision")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_authority_opportunity_id_opportunity")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_authority_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_authority_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authority_opportunity_id"), ["opportunity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authority_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authority_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_authority_user_id"))
        batch_op.drop_index(batch_op.f("ix_authority_unit_id"))
        batch_op.drop_index(batch_op.f("ix_authority_opportunity_id"))

    op.drop_table("authority")
    with op.batch_alter_table("customer_kdm", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_kdm_customer_id_name")

    op.drop_table("customer_kdm")
    with op.batch_alter_table("customer_credit", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_credit_customer_id_assessed_on_id")

    op.drop_table("customer_credit")
