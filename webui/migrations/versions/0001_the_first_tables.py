"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.database import Id, Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "file_content",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_content")),
    )
    op.create_table(
        "notice",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("params", Json, nullable=False),
        sa.Column("instance_id", Id, nullable=True),
        sa.Column("work_item_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_user", ["user_id", "read_at", "created_at"], unique=False)

    op.create_table(
        "number_counter",
        sa.Column("series", sa.String(length=8), nullable=False),
        sa.Column("month", sa.String(length=6), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "month", name=op.f("pk_number_counter")),
    )
    op.create_table(
        "org_unit",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("lead_screening_role", sa.String(length=8), nullable=True),
        sa.CheckConstraint("level IN ('account', 'rep', 'region', 'company')", name=op.f("ck_org_unit_level")),
        sa.ForeignKeyConstraint(["parent_id"], ["org_unit.id"], name=op.f("fk_org_unit_parent_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_org_unit_code")),
    )
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_org_unit_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("number", name=op.f("uq_release_number")),
    )
    op.create_table(
        "customer",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=True),
        sa.Column("grade", sa.String(length=1), nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_customer_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("key", name=op.f("uq_customer_key")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "lead_meeting",
        sa.Column("id", Id, nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sa.Column("agenda", Json, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_lead_meeting_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_meeting")),
    )
    with op.batch_alter_table("lead_meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_meeting_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "process_instance",
        sa.Column("id", Id, nullable=False),
        sa.Column("release_id", Id, nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("business_key", sa.String(length=60), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("record_type", sa.String(length=60), nullable=True),
        sa.Column("record_id", Id, nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("team", Json, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("next_due_at", UtcDateTime(), nullable=True),
        sa.Column("journal_seq", sa.Integer(), nullable=False),
        sa.Column("journal_head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", Id, nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("parent_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["process_instance.id"], name=op.f("fk_process_instance_parent_id_process_instance")
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_process_instance_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_instance_business_key"), ["business_key"], unique=False)
        batch_op.create_index(
            "ix_process_instance_due",
            ["next_due_at"],
            unique=False,
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
            sqlite_where=sa.text("next_due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_process_instance_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_process_instance_record", ["record_type", "record_id"], unique=False)
        batch_op.create_index("ix_process_instance_started", ["started_by", "started_at"], unique=False)

    op.create_table(
        "release_file",
        sa.Column("release_id", Id, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_file_release_id_release")),
        sa.ForeignKeyConstraint(["sha256"], ["file_content.sha256"], name=op.f("fk_release_file_sha256_file_content")),
        sa.PrimaryKeyConstraint("release_id", "path", name=op.f("pk_release_file")),
    )
    op.create_table(
        "team",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_team_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("code", name=op.f("uq_team_code")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", Id, nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("last_login_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_user_account_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_account_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "instance_member",
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_instance_member_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "user_id", name=op.f("pk_instance_member")),
    )
    with op.batch_alter_table("instance_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instance_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("instance_id", Id, nullable=True),
        sa.Column("element", sa.String(length=120), nullable=True),
        sa.Column("payload", Json, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_job_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_finished", ["finished_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            "ix_job_open",
            ["status", "due_at"],
            unique=False,
            postgresql_where=sa.text("status IN ('waiting', 'running')"),
            sqlite_where=sa.text("status IN ('waiting', 'running')"),
        )
        batch_op.create_index(
            "uq_job_timer",
            ["instance_id"],
            unique=True,
            postgresql_where=sa.text("kind = 'timer' AND status IN ('waiting', 'running', 'incident')"),
            sqlite_where=sa.text("kind = 'timer' AND status IN ('waiting', 'running', 'incident')"),
        )

    op.create_table(
        "journal",
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("detail", Json, nullable=True),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_journal_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", "seq", name=op.f("pk_journal")),
    )
    op.create_table(
        "lead",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_since", UtcDateTime(), nullable=False),
        sa.Column("nurturing_step", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("customer_key", sa.String(length=200), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=True),
        sa.Column("contact_post", sa.String(length=120), nullable=True),
        sa.Column("contact_phone", sa.String(length=60), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("source_detail", sa.String(length=400), nullable=True),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("affected_people", sa.Text(), nullable=True),
        sa.Column("product_areas", Json, nullable=False),
        sa.Column("expected_amount", sa.BigInteger(), nullable=True),
        sa.Column("expected_decision_on", sa.Date(), nullable=True),
        sa.Column("budget_known", sa.String(length=8), nullable=True),
        sa.Column("decision_maker_known", sa.String(length=8), nullable=True),
        sa.Column("competitor_seen", sa.String(length=400), nullable=True),
        sa.Column("maturity", sa.String(length=8), nullable=True),
        sa.Column("secrecy", sa.Boolean(), nullable=False),
        sa.Column("customer_real", sa.Boolean(), nullable=True),
        sa.Column("need_real", sa.Boolean(), nullable=True),
        sa.Column("strategic_fit", sa.String(length=8), nullable=True),
        sa.Column("win_chance", sa.Integer(), nullable=True),
        sa.Column("estimated_amount", sa.BigInteger(), nullable=True),
        sa.Column("our_capability", sa.String(length=12), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("verdict_reason", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=1), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("beat_days", sa.Integer(), nullable=True),
        sa.Column("duplicate_of_id", Id, nullable=True),
        sa.Column("merged_into_id", Id, nullable=True),
        sa.Column("submitter_id", Id, nullable=True),
        sa.Column("owner_id", Id, nullable=True),
        sa.Column("co_owner_id", Id, nullable=True),
        sa.Column("refused_by", Json, nullable=False),
        sa.Column("first_contact_by", UtcDateTime(), nullable=True),
        sa.Column("first_contacted_at", UtcDateTime(), nullable=True),
        sa.Column("pain_acknowledged", sa.Boolean(), nullable=False),
        sa.Column("kdm_met", sa.Boolean(), nullable=False),
        sa.Column("vision_agreed", sa.Boolean(), nullable=False),
        sa.Column("purchase_planned_on", sa.Date(), nullable=True),
        sa.Column("last_activity_at", UtcDateTime(), nullable=False),
        sa.Column("stale_level", sa.String(length=8), nullable=False),
        sa.Column("close_reason", sa.String(length=20), nullable=True),
        sa.Column("reawaken_on", sa.Date(), nullable=True),
        sa.Column("opportunity_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("distributed_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("reclaimed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.ForeignKeyConstraint(["co_owner_id"], ["user_account.id"], name=op.f("fk_lead_co_owner_id_user_account")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_lead_customer_id_customer")),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["lead.id"], name=op.f("fk_lead_duplicate_of_id_lead")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["lead.id"], name=op.f("fk_lead_merged_into_id_lead")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_lead_owner_id_user_account")),
        sa.ForeignKeyConstraint(["submitter_id"], ["user_account.id"], name=op.f("fk_lead_submitter_id_user_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_lead_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("number", name=op.f("uq_lead_number")),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index("ix_lead_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_lead_customer_key_created_at", ["customer_key", "created_at"], unique=False)
        batch_op.create_index("ix_lead_owner_id_status", ["owner_id", "status"], unique=False)
        batch_op.create_index("ix_lead_status_created_at", ["status", "created_at"], unique=False)
        batch_op.create_index("ix_lead_status_last_activity_at", ["status", "last_activity_at"], unique=False)
        batch_op.create_index("ix_lead_submitter_id_created_at", ["submitter_id", "created_at"], unique=False)
        batch_op.create_index("ix_lead_unit_id_status", ["unit_id", "status"], unique=False)

    op.create_table(
        "role_holding",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_role_holding_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_holding_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_holding")),
    )
    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.create_index("ix_role_holding_unit_role", ["unit_id", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_holding_user_id"), ["user_id"], unique=False)

    op.create_table(
        "team_member",
        sa.Column("team_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id_team")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_team_member_user_id_user_account")),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_member")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "team_scope",
        sa.Column("team_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_scope_team_id_team")),
        sa.PrimaryKeyConstraint("team_id", "kind", "code", name=op.f("pk_team_scope")),
    )
    op.create_table(
        "work_item",
        sa.Column("id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("task_guid", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("group_key", sa.String(length=80), nullable=False),
        sa.Column("assignee_id", Id, nullable=True),
        sa.Column("case_label", sa.String(length=200), nullable=False),
        sa.Column("business_key", sa.String(length=60), nullable=True),
        sa.Column("record_type", sa.String(length=60), nullable=True),
        sa.Column("record_id", Id, nullable=True),
        sa.Column("form", sa.String(length=120), nullable=True),
        sa.Column("ui_form", sa.String(length=120), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("sla_minutes", sa.Integer(), nullable=True),
        sa.Column("next_reminder_at", UtcDateTime(), nullable=True),
        sa.Column("reminder_level", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("completed_by", Id, nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("draft", Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_work_item_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint("instance_id", "task_guid", name=op.f("uq_work_item_instance_id_task_guid")),
    )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index("ix_work_item_done", ["completed_by", "completed_at"], unique=False)
        batch_op.create_index(
            "ix_work_item_group",
            ["group_key", "due_at"],
            unique=False,
            postgresql_where=sa.text("completed_at IS NULL AND assignee_id IS NULL"),
            sqlite_where=sa.text("completed_at IS NULL AND assignee_id IS NULL"),
        )
        batch_op.create_index(
            "ix_work_item_mine",
            ["assignee_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("completed_at IS NULL"),
            sqlite_where=sa.text("completed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_work_item_reminder",
            ["next_reminder_at"],
            unique=False,
            postgresql_where=sa.text("completed_at IS NULL AND next_reminder_at IS NOT NULL"),
            sqlite_where=sa.text("completed_at IS NULL AND next_reminder_at IS NOT NULL"),
        )

    op.create_table(
        "attachment",
        sa.Column("id", Id, nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", Id, nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("instance_id", Id, nullable=True),
        sa.Column("work_item_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_attachment_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_attachment_work_item_id_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("token", name=op.f("uq_attachment_token")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            "ix_attachment_unused",
            ["uploaded_at"],
            unique=False,
            postgresql_where=sa.text("instance_id IS NULL"),
            sqlite_where=sa.text("instance_id IS NULL"),
        )

    op.create_table(
        "incident",
        sa.Column("id", Id, nullable=False),
        sa.Column("job_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=True),
        sa.Column("error_class", sa.String(length=120), nullable=False),
        sa.Column("error_text", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", Id, nullable=True),
        sa.Column("resolution", sa.String(length=12), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_incident_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_incident_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_job_id"), ["job_id"], unique=False)
        batch_op.create_index(
            "ix_incident_open",
            ["opened_at"],
            unique=False,
            postgresql_where=sa.text("resolved_at IS NULL"),
            sqlite_where=sa.text("resolved_at IS NULL"),
        )

    op.create_table(
        "lead_activity",
        sa.Column("id", Id, nullable=False),
        sa.Column("lead_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("with_whom", sa.String(length=200), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_lead_activity_by_id_user_account")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_activity_lead_id_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_activity")),
    )
    with op.batch_alter_table("lead_activity", schema=None) as batch_op:
        batch_op.create_index("ix_lead_activity_lead_id_at", ["lead_id", "at"], unique=False)

    op.create_table(
        "lead_credit",
        sa.Column("lead_id", Id, nullable=False),
        sa.Column("event", sa.String(length=12), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_credit_lead_id_lead")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_lead_credit_user_id_user_account")),
        sa.PrimaryKeyConstraint("lead_id", "event", name=op.f("pk_lead_credit")),
    )
    with op.batch_alter_table("lead_credit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_credit_user_id"), ["user_id"], unique=False)

    op.create_table(
        "opportunity",
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("lead_id", Id, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=True),
        sa.Column("unit_id", Id, nullable=True),
        sa.Column("ar_id", Id, nullable=True),
        sa.Column("sr_id", Id, nullable=True),
        sa.Column("expected_amount", sa.BigInteger(), nullable=True),
        sa.Column("expected_decision_on", sa.Date(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.ForeignKeyConstraint(["ar_id"], ["user_account.id"], name=op.f("fk_opportunity_ar_id_user_account")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_opportunity_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_opportunity_customer_id_customer")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_opportunity_lead_id_lead")),
        sa.ForeignKeyConstraint(["sr_id"], ["user_account.id"], name=op.f("fk_opportunity_sr_id_user_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_opportunity_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity")),
        sa.UniqueConstraint("lead_id", name=op.f("uq_opportunity_lead_id")),
        sa.UniqueConstraint("number", name=op.f("uq_opportunity_number")),
    )
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opportunity_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opportunity_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", Id, nullable=False),
        sa.Column("work_item_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("form", sa.String(length=120), nullable=True),
        sa.Column("answers", Json, nullable=False),
        sa.Column("by", Id, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_submission_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_submission_work_item_id_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("work_item_id", name=op.f("uq_submission_work_item_id")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_instance_id"), ["instance_id"], unique=False)

    op.create_table(
        "attachment_content",
        sa.Column("attachment_id", Id, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment.id"],
            name=op.f("fk_attachment_content_attachment_id_attachment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_content")),
    )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("attachment_content")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_instance_id"))

    op.drop_table("submission")
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opportunity_unit_id"))
        batch_op.drop_index(batch_op.f("ix_opportunity_customer_id"))

    op.drop_table("opportunity")
    with op.batch_alter_table("lead_credit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_credit_user_id"))

    op.drop_table("lead_credit")
    with op.batch_alter_table("lead_activity", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_activity_lead_id_at")

    op.drop_table("lead_activity")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_incident_open",
            postgresql_where=sa.text("resolved_at IS NULL"),
            sqlite_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_incident_job_id"))
        batch_op.drop_index(batch_op.f("ix_incident_instance_id"))

    op.drop_table("incident")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_attachment_unused",
            postgresql_where=sa.text("instance_id IS NULL"),
            sqlite_where=sa.text("instance_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_attachment_instance_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_work_item_reminder",
            postgresql_where=sa.text("completed_at IS NULL AND next_reminder_at IS NOT NULL"),
            sqlite_where=sa.text("completed_at IS NULL AND next_reminder_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_work_item_mine",
            postgresql_where=sa.text("completed_at IS NULL"),
            sqlite_where=sa.text("completed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_work_item_group",
            postgresql_where=sa.text("completed_at IS NULL AND assignee_id IS NULL"),
            sqlite_where=sa.text("completed_at IS NULL AND assignee_id IS NULL"),
        )
        batch_op.drop_index("ix_work_item_done")

    op.drop_table("work_item")
    op.drop_table("team_scope")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_user_id"))

    op.drop_table("team_member")
    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_holding_user_id"))
        batch_op.drop_index("ix_role_holding_unit_role")

    op.drop_table("role_holding")
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_unit_id_status")
        batch_op.drop_index("ix_lead_submitter_id_created_at")
        batch_op.drop_index("ix_lead_status_last_activity_at")
        batch_op.drop_index("ix_lead_status_created_at")
        batch_op.drop_index("ix_lead_owner_id_status")
        batch_op.drop_index("ix_lead_customer_key_created_at")
        batch_op.drop_index("ix_lead_created_at_id")

    op.drop_table("lead")
    op.drop_table("journal")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_job_timer",
            postgresql_where=sa.text("kind = 'timer' AND status IN ('waiting', 'running', 'incident')"),
            sqlite_where=sa.text("kind = 'timer' AND status IN ('waiting', 'running', 'incident')"),
        )
        batch_op.drop_index(
            "ix_job_open",
            postgresql_where=sa.text("status IN ('waiting', 'running')"),
            sqlite_where=sa.text("status IN ('waiting', 'running')"),
        )
        batch_op.drop_index(batch_op.f("ix_job_instance_id"))
        batch_op.drop_index("ix_job_finished")

    op.drop_table("job")
    with op.batch_alter_table("instance_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_member_user_id"))

    op.drop_table("instance_member")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_account_unit_id"))

    op.drop_table("user_account")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_unit_id"))

    op.drop_table("team")
    op.drop_table("release_file")
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_process_instance_started")
        batch_op.drop_index("ix_process_instance_record")
        batch_op.drop_index(batch_op.f("ix_process_instance_parent_id"))
        batch_op.drop_index(
            "ix_process_instance_due",
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
            sqlite_where=sa.text("next_due_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_process_instance_business_key"))

    op.drop_table("process_instance")
    with op.batch_alter_table("lead_meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_meeting_unit_id"))

    op.drop_table("lead_meeting")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_unit_id"))

    op.drop_table("customer")
    op.drop_table("release")
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_org_unit_parent_id"))

    op.drop_table("org_unit")
    op.drop_table("number_counter")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_user")

    op.drop_table("notice")
    op.drop_table("file_content")
