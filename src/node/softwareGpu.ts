import { existsSync, readdirSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { bundledRunsHere, unpackBundle } from './bundled.ts';

/** glibc's RTLD_NODELETE: the library stays loaded although Node closes it again. Node has no name for it. */
const keepLoaded = 0x1000;

/** True when the Vulkan loader would find at least one driver of the system, or of the user's environment. */
export function systemHasVulkanDriver(): boolean {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES, XDG_DATA_DIRS, XDG_DATA_HOME } =
    process.env;
  if (VK_DRIVER_FILES || VK_ICD_FILENAMES || VK_ADD_DRIVER_FILES) return true;
  const roots = [
    '/etc',
    '/usr/local/etc',
    '/usr/local/share',
    '/usr/share',
    XDG_DATA_HOME || join(homedir(), '.local', 'share'),
    ...(XDG_DATA_DIRS ?? '').split(':').filter(Boolean),
  ];
  return roots.some((root) => {
    const folder = join(root, 'vulkan', 'icd.d');
    return existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.json'));
  });
}

/**
 * Makes sure that Dawn finds `libvulkan.so.1`: the system's, else the one inside `@sparticuz/chromium`.
 * Dawn opens it by that name, and the dynamic linker answers with a library of that name that is loaded already;
 * so loading it here first does what LD_LIBRARY_PATH would have to do before the process starts.
 */
export async function loadVulkanLoader(): Promise<void> {
  if (process.platform !== 'linux' || load('libvulkan.so.1')) return;
  if (bundledRunsHere) load(join(await unpackBundle('gpu'), 'libvulkan.so.1'));
}

/**
 * From here on the Vulkan loader offers one driver only: SwiftShader, Chromium's software GPU.
 * @throws Error where the bundled binaries do not run
 */
export async function offerBundledSwiftShader(): Promise<void> {
  if (!bundledRunsHere) {
    throw new Error(
      `The bundled software GPU is for x64 Linux with glibc, this is ${process.platform} ${process.arch}: ` +
        'install a GPU driver, or Mesa lavapipe 23 or later.',
    );
  }
  const manifest = join(await unpackBundle('gpu'), 'vk_swiftshader_icd.json');
  process.env.VK_DRIVER_FILES = manifest;
  process.env.VK_ICD_FILENAMES = manifest;
}

/** Loads a shared library into the process for good. False when there is no such library. */
function load(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | keepLoaded);
  } catch (error) {
    // A library that is no Node addon is always reported, loaded or not; only one that is missing cannot be opened.
    return error instanceof Error && error.message.includes('did not self-register');
  }
  return true;
}
