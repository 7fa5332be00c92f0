/**
 * The features of a page, one line each. A feature's module registers what it adds, such as its kinds of rows
 * (room/row-kinds.js), actions on messages (room/message-actions.js) and what it does when something happens (core/hooks.js), or
 * listens by itself. Nothing else names it.
 */
import "./card.js";
import "../core/link.js";
import "../core/new-day.js";
import "./panes.js";
import "../sidebar/room-menu.js";
import "./release.js";
import "./first-field.js";
import "./room-name.js";
import "./tooltips.js";
import "../sidebar/switcher.js";
import "../sidebar/unread-keys.js";
import "./keys.js";
import "./people-picker.js";
import "../sidebar/read-positions.js";
import "../sidebar/last-room.js";
import "../room/copy-message.js";
import "../composer/draft-feature.js";
import "../composer/unsendable.js";
import "../room/unfinished-edits.js";
import "../room/copy-selection.js";
