/** Texts that the build of the bundle puts in, see `labextension/widgets.build.mjs`. */
declare module 'couture:styles' {
  const css: string;
  export default css;
}
