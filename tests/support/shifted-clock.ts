/*
 * Loaded into a service by `--import`: its clock is CLOCK_SHIFT_MS ahead of everybody else's, or behind.
 */
const shift = Number(process.env['CLOCK_SHIFT_MS']);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
	construct: (target, args, created) =>
		Reflect.construct(target, args.length === 0 ? [target.now()] : args, created),
	apply: (target) => new target(target.now()).toString(),
});
const realNow = RealDate.now.bind(RealDate);
RealDate.now = () => realNow() + shift;
