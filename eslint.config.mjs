import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const untranslated = 'Words for people go through trans.__().';

/** Words between tags and in attributes that are read or heard. Symbols and units of one letter may stay. */
const words = '/\\p{L}{2}/u';
const places = [
  ':matches(JSXElement, JSXFragment)',
  'JSXAttribute[name.name=/^(title|alt|label|placeholder|aria-(label|description|roledescription|valuetext))$/]'
];
const chosen = ':matches(ConditionalExpression, LogicalExpression)';
const rawText = [
  `JSXText[value=${words}]`,
  ...places.flatMap(place => [
    `${place} > Literal[value=${words}]`,
    `${place} > JSXExpressionContainer > Literal[value=${words}]`,
    `${place} > JSXExpressionContainer > ${chosen} > Literal[value=${words}]`,
    `${place} > JSXExpressionContainer > TemplateLiteral > TemplateElement[value.raw=${words}]`
  ])
].map(selector => ({ selector, message: untranslated }));

export default tseslint.config(
  { ignores: ['**/lib/**', 'jupyter_couture/**', 'node_modules/**'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['labextension/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }
      ],
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 400, skipBlankLines: false }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Use CoutureApi.' }]
    }
  },
  {
    files: ['labextension/src/**/*.tsx'],
    // A widget's bundle speaks before it has a translator, if it knows nothing of the widget.
    ignores: [
      '**/*.spec.tsx',
      'labextension/src/testing/**',
      'labextension/src/widgets/bundle.tsx'
    ],
    rules: { 'no-restricted-syntax': ['error', ...rawText] }
  },
  {
    files: ['labextension/src/components/**/*.tsx'],
    rules: { 'max-lines': ['error', { max: 250 }] }
  },
  {
    files: ['labextension/src/model/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['react', 'react-dom', '@lumino/*', '@jupyterlab/*'],
              message: 'The model knows no framework.'
            }
          ]
        }
      ]
    }
  }
);
