CREATE TABLE `messages` (
	`message_id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `messages_age` ON `messages` (`at_ms`);--> statement-breakpoint
ALTER TABLE `orders` ADD `gateway` text;