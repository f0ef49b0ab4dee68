CREATE TABLE `budget` (
	`name` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`taken` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `cancels` (
	`intent_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`payment_id` text NOT NULL,
	`amount` integer NOT NULL,
	`expected_balance` integer NOT NULL,
	`cause` text NOT NULL,
	`reason` text NOT NULL,
	`state` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`refund_account` text,
	`request` text NOT NULL,
	`cancelled_before` integer NOT NULL,
	`refusals` integer NOT NULL,
	`last_problem` text,
	`due_at_ms` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until_ms` integer NOT NULL,
	`lease` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `cancels_due` ON `cancels` (`due_at_ms`);--> statement-breakpoint
CREATE INDEX `cancels_order` ON `cancels` (`order_id`);--> statement-breakpoint
CREATE TABLE `notices` (
	`notice_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`type` text NOT NULL,
	`body` text NOT NULL,
	`state` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_answer` text,
	`due_at_ms` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until_ms` integer NOT NULL,
	`lease` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `notices_due` ON `notices` (`due_at_ms`);--> statement-breakpoint
CREATE INDEX `notices_state` ON `notices` (`state`,`created_at_ms`);--> statement-breakpoint
CREATE UNIQUE INDEX `notices_sequence` ON `notices` (`order_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `orders` (
	`order_id` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`name` text NOT NULL,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`registered_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`status` text NOT NULL,
	`kept_payment_id` text,
	`empty_after_deadline` integer NOT NULL,
	`review` text,
	`sequence` integer NOT NULL,
	`last_return` text,
	`amount_fixed` integer NOT NULL,
	`looked_at_ms` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until_ms` integer NOT NULL,
	`lease` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `orders_due` ON `orders` (`due_at_ms`);--> statement-breakpoint
CREATE INDEX `orders_status` ON `orders` (`status`,`registered_at_ms`);--> statement-breakpoint
CREATE INDEX `orders_review` ON `orders` (`review`,`order_id`);--> statement-breakpoint
CREATE TABLE `payments` (
	`payment_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`version` integer NOT NULL,
	`status` text NOT NULL,
	`standing` text,
	`reject_reason` text,
	`contradiction` text,
	`facts` text NOT NULL,
	`recorded_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `payments_order` ON `payments` (`order_id`);--> statement-breakpoint
CREATE INDEX `payments_standing` ON `payments` (`standing`,`recorded_at_ms`);--> statement-breakpoint
CREATE TABLE `proofs` (
	`order_id` text PRIMARY KEY NOT NULL,
	`payment_id` text NOT NULL,
	`observation` text NOT NULL,
	`looked_up_at_ms` integer NOT NULL,
	`recorded_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `proofs_payment` ON `proofs` (`payment_id`);--> statement-breakpoint
CREATE TABLE `receipts` (
	`receipt_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`payment_id` text NOT NULL,
	`claim` text NOT NULL,
	`first_at_ms` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`times` integer NOT NULL,
	`state` text NOT NULL,
	`due_at_ms` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until_ms` integer NOT NULL,
	`lease` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `receipts_due` ON `receipts` (`due_at_ms`);--> statement-breakpoint
CREATE INDEX `receipts_order` ON `receipts` (`order_id`);--> statement-breakpoint
CREATE INDEX `receipts_age` ON `receipts` (`state`,`received_at_ms`);--> statement-breakpoint
CREATE TABLE `rounds` (
	`status` text PRIMARY KEY NOT NULL,
	`read_until_ms` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until_ms` integer NOT NULL,
	`lease` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `timeline` (
	`entry_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`payment_id` text,
	`at_ms` integer NOT NULL,
	`event` text NOT NULL,
	`from_status` text,
	`to_status` text,
	`reason` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `timeline_order` ON `timeline` (`order_id`,`at_ms`);