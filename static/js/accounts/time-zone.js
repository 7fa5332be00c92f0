/** Suggests the browser's time zone to a person who has none yet. It is kept when they save. */
const field = document.querySelector("input[name=time_zone]");
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
const offered = [...(field?.list?.options ?? [])].some(({ value }) => value === timeZone);
if (offered && !field.defaultValue && !field.value && !field.ariaInvalid) field.value = timeZone;
