ALTER TABLE `appointment` ADD `changes` int unsigned DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `appointment` ADD `refused_schedule_id` bigint unsigned;