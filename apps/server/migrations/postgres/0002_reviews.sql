CREATE TABLE "reviews" (
	"row_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"review_id" text NOT NULL,
	"reason" text NOT NULL,
	"payment_id" text,
	"at_stake" bigint NOT NULL,
	"since_ms" bigint NOT NULL,
	"note" text NOT NULL,
	"ended_at_ms" bigint,
	"end_note" text
);
--> statement-breakpoint
ALTER TABLE "cancels" ADD COLUMN "sent_at_ms" bigint;--> statement-breakpoint
ALTER TABLE "cancels" ADD COLUMN "unchanged_looks" bigint;--> statement-breakpoint
ALTER TABLE "cancels" ADD COLUMN "tax_free" bigint;--> statement-breakpoint
ALTER TABLE "cancels" ADD COLUMN "vat" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "reviewed" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "returns" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "tax_free" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "vat" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "adopts_from_ms" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "accounts_until_ms" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "amount_fixed_at_ms" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "contradiction_since_ms" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "contradiction_is_certain" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "late" bigint;--> statement-breakpoint
CREATE INDEX "reviews_order" ON "reviews" USING btree ("order_id","since_ms");--> statement-breakpoint
INSERT INTO "reviews" ("row_id", "order_id", "review_id", "reason", "payment_id", "at_stake", "since_ms", "note", "ended_at_ms", "end_note")
  SELECT "order_id" || '/' || "review", "order_id", "review", "review", NULL, "amount", "registered_at_ms", 'recorded before reviews had rows of their own', NULL, NULL
  FROM "orders" WHERE "review" IS NOT NULL;--> statement-breakpoint
UPDATE "orders" SET "reviewed" = 1 WHERE "review" IS NOT NULL;--> statement-breakpoint
UPDATE "orders" SET "returns" = '[' || "last_return" || ']' WHERE "last_return" IS NOT NULL;--> statement-breakpoint
UPDATE "orders" SET "amount_fixed_at_ms" = "registered_at_ms" WHERE "amount_fixed" = 1;--> statement-breakpoint
UPDATE "cancels" SET "sent_at_ms" = "created_at_ms" WHERE "cancelled_before" >= 0;--> statement-breakpoint
UPDATE "cancels" SET "state" = CASE WHEN "state" = 'failed' THEN 'over' WHEN "state" = 'waiting' AND "cancelled_before" >= 0 THEN 'unknown' WHEN "state" = 'waiting' THEN 'requested' ELSE "state" END;
