// Style sheets are imported for the bundler, and have no names.
declare module "*.css";
