CREATE TABLE `reviews` (
	`row_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`review_id` text NOT NULL,
	`reason` text NOT NULL,
	`payment_id` text,
	`at_stake` integer NOT NULL,
	`since_ms` integer NOT NULL,
	`note` text NOT NULL,
	`ended_at_ms` integer,
	`end_note` text
);
--> statement-breakpoint
CREATE INDEX `reviews_order` ON `reviews` (`order_id`,`since_ms`);--> statement-breakpoint
ALTER TABLE `cancels` ADD `sent_at_ms` integer;--> statement-breakpoint
ALTER TABLE `cancels` ADD `unchanged_looks` integer;--> statement-breakpoint
ALTER TABLE `cancels` ADD `tax_free` integer;--> statement-breakpoint
ALTER TABLE `cancels` ADD `vat` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `reviewed` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `returns` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `tax_free` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `vat` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `adopts_from_ms` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `accounts_until_ms` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `amount_fixed_at_ms` integer;--> statement-breakpoint
ALTER TABLE `payments` ADD `contradiction_since_ms` integer;--> statement-breakpoint
ALTER TABLE `payments` ADD `contradiction_is_certain` integer;--> statement-breakpoint
ALTER TABLE `payments` ADD `late` integer;--> statement-breakpoint
INSERT INTO "reviews" ("row_id", "order_id", "review_id", "reason", "payment_id", "at_stake", "since_ms", "note", "ended_at_ms", "end_note")
  SELECT "order_id" || '/' || "review", "order_id", "review", "review", NULL, "amount", "registered_at_ms", 'recorded before reviews had rows of their own', NULL, NULL
  FROM "orders" WHERE "review" IS NOT NULL;--> statement-breakpoint
UPDATE "orders" SET "reviewed" = 1 WHERE "review" IS NOT NULL;--> statement-breakpoint
UPDATE "orders" SET "returns" = '[' || "last_return" || ']' WHERE "last_return" IS NOT NULL;--> statement-breakpoint
UPDATE "orders" SET "amount_fixed_at_ms" = "registered_at_ms" WHERE "amount_fixed" = 1;--> statement-breakpoint
UPDATE "cancels" SET "sent_at_ms" = "created_at_ms" WHERE "cancelled_before" >= 0;--> statement-breakpoint
UPDATE "cancels" SET "state" = CASE WHEN "state" = 'failed' THEN 'over' WHEN "state" = 'waiting' AND "cancelled_before" >= 0 THEN 'unknown' WHEN "state" = 'waiting' THEN 'requested' ELSE "state" END;
