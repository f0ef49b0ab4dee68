DROP INDEX `receipts_order`;--> statement-breakpoint
ALTER TABLE `receipts` ADD `stranger` integer;--> statement-breakpoint
CREATE INDEX `receipts_rank` ON `receipts` (`stranger`,`due_at_ms`);--> statement-breakpoint
CREATE INDEX `receipts_order` ON `receipts` (`order_id`,`received_at_ms`);