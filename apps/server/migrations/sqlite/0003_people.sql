CREATE TABLE `order_references` (
	`row_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `order_references_value` ON `order_references` (`value`,`order_id`);--> statement-breakpoint
CREATE INDEX `order_references_order` ON `order_references` (`order_id`);--> statement-breakpoint
ALTER TABLE `cancels` ADD `answers` text;--> statement-breakpoint
ALTER TABLE `cancels` ADD `actor` text;--> statement-breakpoint
CREATE INDEX `cancels_age` ON `cancels` (`created_at_ms`);--> statement-breakpoint
ALTER TABLE `notices` ADD `answers` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `closed_at_ms` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `reference` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `return_to` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `ended_as` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `ended_by` text;--> statement-breakpoint
ALTER TABLE `timeline` ADD `actor` text;--> statement-breakpoint
ALTER TABLE `timeline` ADD `because` text;