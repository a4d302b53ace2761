import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, matchesGlob, relative } from 'node:path';

export interface Instruction {
	/** Upper case: FROM, COPY, RUN … */
	readonly name: string;
	/** `--from=…` and the like, without the dashes. */
	readonly flags: Readonly<Record<string, string>>;
	readonly text: string;
}

export interface Stage {
	readonly name: string;
	/** An image, or the name of an earlier stage. */
	readonly base: string;
	readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in their order. Comments and continued lines are read, heredocs and ARG are not. */
export function parseDockerfile(source: string): readonly Stage[] {
	const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
	const lines = source.replace(/^\s*#.*\n/gm, '').replace(/\\\n/g, ' ');
	for (const line of lines.split('\n').filter((text) => text.trim() !== '')) {
		const instruction = parseInstruction(line.trim());
		if (instruction.name === 'FROM') {
			const [base = '', , name = base] = instruction.text.split(/\s+/);
			stages.push({ name, base, instructions: [] });
		} else {
			const stage = stages.at(-1);
			if (stage === undefined) throw new Error(`Before the first FROM: ${line}`);
			stage.instructions.push(instruction);
		}
	}
	return stages;
}

function parseInstruction(line: string): Instruction {
	const [, name = '', leading = '', text = ''] = /^(\S+)\s+((?:--[\w-]+=\S+\s+)*)(.*)$/.exec(line) ?? [];
	const flags = [...leading.matchAll(/--([\w-]+)=(\S+)/g)].map(([, key, value]) => [key, value]);
	return { name: name.toUpperCase(), flags: Object.fromEntries(flags), text: text.trim() };
}

/** The JSON array of an exec-form ENTRYPOINT, CMD or HEALTHCHECK. @throws Error for the shell form. */
export function execForm(text: string): readonly string[] {
	if (!text.startsWith('['))
		throw new Error(`Not in exec form, so a shell would stand before the process: ${text}`);
	return JSON.parse(text) as string[];
}

/** Whether .dockerignore keeps a path (from the context's root) out: the last rule that matches decides. */
export function ignoredBy(dockerignore: string): (path: string) => boolean {
	const rules = dockerignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
	return (path) => {
		let ignored = false;
		for (const rule of rules) {
			const pattern = rule.replace(/^!/, '');
			if (matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`)) ignored = !rule.startsWith('!');
		}
		return ignored;
	};
}

/** What a stage comes to, in a folder that stands for the image's root. */
export interface Image {
	readonly root: string;
	/** Inside the image, like every path in it. */
	readonly workdir: string;
	readonly env: Readonly<Record<string, string>>;
	readonly user: string;
	readonly volumes: readonly string[];
	readonly entrypoint: readonly string[];
	readonly healthcheck: readonly string[];
}

export interface Builder {
	readonly stages: readonly Stage[];
	/** The folder that COPY takes from. */
	readonly context: string;
	/** A folder below which every stage gets one of its own. */
	readonly folder: string;
	/** Runs a RUN instruction's command; `root` is the folder that stands for `/`. */
	readonly run: (command: string, cwd: string, root: string) => Promise<void>;
}

/** Walks the steps of a stage, and of those that it is made from, as `docker build --target` would. */
export async function build(builder: Builder, target: string): Promise<Image> {
	const stage = builder.stages.find(({ name }) => name === target);
	if (stage === undefined) throw new Error(`There is no stage ${target}.`);
	const root = join(builder.folder, target);
	await mkdir(root, { recursive: true });
	let image: Image = await startOf(builder, stage, root);
	for (const instruction of stage.instructions) image = await step(builder, image, instruction);
	return image;
}

async function startOf(builder: Builder, stage: Stage, root: string): Promise<Image> {
	if (!builder.stages.some(({ name }) => name === stage.base)) {
		return { root, workdir: '/', env: {}, user: 'root', volumes: [], entrypoint: [], healthcheck: [] };
	}
	const base = await build(builder, stage.base);
	await cp(base.root, root, { recursive: true });
	return { ...base, root };
}

async function step(builder: Builder, image: Image, { name, flags, text }: Instruction): Promise<Image> {
	const cwd = join(image.root, image.workdir);
	switch (name) {
		case 'WORKDIR':
			await mkdir(join(image.root, text), { recursive: true });
			return { ...image, workdir: text };
		case 'ENV':
			return { ...image, env: { ...image.env, ...Object.fromEntries(text.split(/\s+/).map(assignment)) } };
		case 'RUN':
			await builder.run(text, cwd, image.root);
			return image;
		case 'COPY':
			await copy(builder, cwd, flags['from'], text.split(/\s+/));
			return image;
		case 'USER':
			return { ...image, user: text };
		case 'VOLUME':
			return { ...image, volumes: [...image.volumes, text] };
		case 'ENTRYPOINT':
			return { ...image, entrypoint: execForm(text) };
		case 'HEALTHCHECK':
			return { ...image, healthcheck: execForm(text.replace(/^CMD\s+/, '')) };
		case 'EXPOSE':
			return image;
		default:
			throw new Error(`The walk does not know ${name}.`);
	}
}

function assignment(pair: string): [string, string] {
	const at = pair.indexOf('=');
	return [pair.slice(0, at), pair.slice(at + 1)];
}

async function copy(
	builder: Builder,
	cwd: string,
	from: string | undefined,
	paths: readonly string[],
): Promise<void> {
	const target = join(cwd, paths.at(-1) ?? '.');
	const source = from === undefined ? builder.context : (await build(builder, from)).root;
	const ignored = ignoredBy(await readFile(join(builder.context, '.dockerignore'), 'utf8'));
	const filter = (path: string): boolean => from !== undefined || !ignored(relative(source, path));
	for (const path of paths.slice(0, -1)) {
		const isFolder = (await stat(join(source, path))).isDirectory();
		// A folder's content goes into the target; a file goes into it when it is a folder.
		const destination = isFolder || !(await isExistingFolder(target)) ? target : join(target, basename(path));
		await cp(join(source, path), destination, { recursive: true, verbatimSymlinks: true, filter });
	}
}

async function isExistingFolder(path: string): Promise<boolean> {
	return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
