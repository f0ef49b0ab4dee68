CREATE TABLE "order_references" (
	"row_id" text PRIMARY KEY NOT NULL,
	"order_id" text NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "cancels" ADD COLUMN "answers" text;--> statement-breakpoint
ALTER TABLE "cancels" ADD COLUMN "actor" text;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "answers" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "closed_at_ms" bigint;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "reference" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "return_to" text;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "ended_as" text;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "ended_by" text;--> statement-breakpoint
ALTER TABLE "timeline" ADD COLUMN "actor" text;--> statement-breakpoint
ALTER TABLE "timeline" ADD COLUMN "because" text;--> statement-breakpoint
CREATE INDEX "order_references_value" ON "order_references" USING btree ("value","order_id");--> statement-breakpoint
CREATE INDEX "order_references_order" ON "order_references" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "cancels_age" ON "cancels" USING btree ("created_at_ms");