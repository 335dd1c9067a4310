// The build embeds @fluent/bundle's ES modules as /vendor/fluent/; this tells the type checker what lies there.
export * from '@fluent/bundle';
