CREATE TABLE "messages" (
	"message_id" text PRIMARY KEY NOT NULL,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "gateway" text;--> statement-breakpoint
CREATE INDEX "messages_age" ON "messages" USING btree ("at_ms");