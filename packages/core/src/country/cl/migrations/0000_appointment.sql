CREATE TABLE `appointment` (
	`id` char(36) character set ascii collate ascii_bin NOT NULL,
	`insured_id` char(5) character set ascii collate ascii_bin NOT NULL,
	`schedule_id` bigint unsigned NOT NULL,
	`status` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`reason` varchar(32) character set ascii collate ascii_bin,
	`version` int unsigned NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	`live_schedule_id` bigint unsigned GENERATED ALWAYS AS ((case when `status` = 'completed' then `schedule_id` end)) STORED,
	CONSTRAINT `appointment_id` PRIMARY KEY(`id`),
	CONSTRAINT `appointment_live_schedule` UNIQUE(`live_schedule_id`)
);
