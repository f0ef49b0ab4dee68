CREATE TABLE "budget" (
	"name" text PRIMARY KEY NOT NULL,
	"at_ms" bigint NOT NULL,
	"taken" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cancels" (
	"intent_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"expected_balance" bigint NOT NULL,
	"cause" text NOT NULL,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"refund_account" text,
	"request" text NOT NULL,
	"cancelled_before" bigint NOT NULL,
	"refusals" bigint NOT NULL,
	"last_problem" text,
	"due_at_ms" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"lease_until_ms" bigint NOT NULL,
	"lease" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"notice_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"state" text NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"last_answer" text,
	"due_at_ms" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"lease_until_ms" bigint NOT NULL,
	"lease" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"order_id" text PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"name" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"registered_at_ms" bigint NOT NULL,
	"expires_at_ms" bigint NOT NULL,
	"status" text NOT NULL,
	"kept_payment_id" text,
	"empty_after_deadline" bigint NOT NULL,
	"review" text,
	"sequence" bigint NOT NULL,
	"last_return" text,
	"amount_fixed" bigint NOT NULL,
	"looked_at_ms" bigint NOT NULL,
	"due_at_ms" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"lease_until_ms" bigint NOT NULL,
	"lease" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"payment_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"version" bigint NOT NULL,
	"status" text NOT NULL,
	"standing" text,
	"reject_reason" text,
	"contradiction" text,
	"facts" text NOT NULL,
	"recorded_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "proofs" (
	"order_id" text PRIMARY KEY NOT NULL,
	"payment_id" text NOT NULL,
	"observation" text NOT NULL,
	"looked_up_at_ms" bigint NOT NULL,
	"recorded_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"receipt_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"claim" text NOT NULL,
	"first_at_ms" bigint NOT NULL,
	"received_at_ms" bigint NOT NULL,
	"times" bigint NOT NULL,
	"state" text NOT NULL,
	"due_at_ms" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"lease_until_ms" bigint NOT NULL,
	"lease" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rounds" (
	"status" text PRIMARY KEY NOT NULL,
	"read_until_ms" bigint NOT NULL,
	"due_at_ms" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"lease_until_ms" bigint NOT NULL,
	"lease" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "timeline" (
	"entry_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"payment_id" text,
	"at_ms" bigint NOT NULL,
	"event" text NOT NULL,
	"from_status" text,
	"to_status" text,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "cancels_due" ON "cancels" USING btree ("due_at_ms");--> statement-breakpoint
CREATE INDEX "cancels_order" ON "cancels" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "notices_due" ON "notices" USING btree ("due_at_ms");--> statement-breakpoint
CREATE INDEX "notices_state" ON "notices" USING btree ("state","created_at_ms");--> statement-breakpoint
CREATE UNIQUE INDEX "notices_sequence" ON "notices" USING btree ("order_id","sequence");--> statement-breakpoint
CREATE INDEX "orders_due" ON "orders" USING btree ("due_at_ms");--> statement-breakpoint
CREATE INDEX "orders_status" ON "orders" USING btree ("status","registered_at_ms");--> statement-breakpoint
CREATE INDEX "orders_review" ON "orders" USING btree ("review","order_id");--> statement-breakpoint
CREATE INDEX "payments_order" ON "payments" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "payments_standing" ON "payments" USING btree ("standing","recorded_at_ms");--> statement-breakpoint
CREATE UNIQUE INDEX "proofs_payment" ON "proofs" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "receipts_due" ON "receipts" USING btree ("due_at_ms");--> statement-breakpoint
CREATE INDEX "receipts_order" ON "receipts" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "receipts_age" ON "receipts" USING btree ("state","received_at_ms");--> statement-breakpoint
CREATE INDEX "timeline_order" ON "timeline" USING btree ("order_id","at_ms");