DROP INDEX "receipts_order";--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "stranger" bigint;--> statement-breakpoint
CREATE INDEX "receipts_rank" ON "receipts" USING btree ("stranger","due_at_ms");--> statement-breakpoint
CREATE INDEX "receipts_order" ON "receipts" USING btree ("order_id","received_at_ms");