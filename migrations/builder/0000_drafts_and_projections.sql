CREATE TABLE `drafts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`content` text NOT NULL,
	`digest` text NOT NULL,
	`triggers` text NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `executions` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow_id` text NOT NULL,
	`version` integer NOT NULL,
	`status` text NOT NULL,
	`trigger_node` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`failed_step` text,
	`error_code` text,
	`error_message` text,
	`position` integer NOT NULL,
	`change` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `executions_by_start` ON `executions` (`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `executions_by_workflow` ON `executions` (`workflow_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `executions_by_status` ON `executions` (`status`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `executions_by_workflow_and_status` ON `executions` (`workflow_id`,`status`,`started_at`,`id`);--> statement-breakpoint
CREATE TABLE `versions` (
	`workflow_id` text NOT NULL,
	`version` integer NOT NULL,
	`content_hash` text NOT NULL,
	`published_at` integer NOT NULL,
	`graph` text,
	`hooks` text,
	PRIMARY KEY(`workflow_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `workflows` (
	`id` text PRIMARY KEY NOT NULL,
	`active_version` integer,
	`active_digest` text,
	`triggers` text NOT NULL,
	`record_number` integer DEFAULT 0 NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`read_up_to` integer DEFAULT 0 NOT NULL,
	`last_change` integer DEFAULT 0 NOT NULL,
	`pulled_at` integer DEFAULT 0 NOT NULL,
	`executions_total` integer DEFAULT 0 NOT NULL,
	`executions_running` integer DEFAULT 0 NOT NULL,
	`executions_failed` integer DEFAULT 0 NOT NULL,
	`last_started_at` integer
);
