// How numbers, times and lists of people are written on this page.

/** "+12125550101" as "+1 212 555 0101"; other numbers stay as they are. */
export function spoken(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `+1 ${parts[1]} ${parts[2]} ${parts[3]}` : number;
}

const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

export const timeOfDay = (iso) => clockTime.format(new Date(iso));

const list = new Intl.ListFormat("en-GB", { type: "conjunction" });

export const together = (names) => list.format(names);

/** The name of whoever has this number, or the number itself. */
export function nameOf(number, state) {
  if (number === state.line.number) return "the line";
  return state.phones.find((phone) => phone.number === number)?.name || spoken(number);
}
